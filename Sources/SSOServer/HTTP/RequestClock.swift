import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections whose client is slow, or sends more than a head may have: each connection has one.
///
/// It looks once in a second what is waited for. Between two looks it only notes what has come, so that a request costs
/// it nothing to speak of. Connections that wait for their next request are ended by Hummingbird's own handler.
final class RequestClock: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What of a request is to come next.
    private enum Reading {
        /// Anything at all.
        case waiting
        case head
        case body
    }

    private let limit: Int
    private var tick: Scheduled<Void>?
    // On a new connection, the first head is due at once.
    private var reading = Reading.head
    /// Seconds for which the head or the body has been waited for.
    private var age = 0
    /// Seconds for which the client has taken too little of the answer.
    private var stalled = 0
    /// Requests whose head has come, and whose answer has not gone.
    private var unanswered = 0
    /// Whether the head of an answer has gone, and not its end.
    private var isAnswering = false
    private var hasBytes = false
    /// How long the first line of the head is, as far as it has come, in bytes.
    private var firstLine = 0
    private var isFirstLineWhole = false
    /// Seconds since the request was refused, while what else comes is thrown away; nil if it was not.
    private var refusedFor: Int?

    /// - Parameter seconds: see ``Bounds/requestSeconds``.
    init(seconds: Int) {
        limit = seconds
    }

    // MARK: What comes

    /// Notes bytes that have come, before they are read as anything.
    func received(_ bytes: ByteBuffer) {
        hasBytes = true
        if reading == .waiting {
            reading = .head
            age = 0
            firstLine = 0
            isFirstLineWhole = false
        }
        guard reading == .head, !isFirstLineWhole else { return }
        bytes.withUnsafeReadableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            let end = memchr(start, Int32(UInt8(ascii: "\n")), bytes.count)
            firstLine += end.map { $0 - UnsafeMutableRawPointer(mutating: start) } ?? bytes.count
            isFirstLineWhole = end != nil
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusedFor == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            reading = .body
            age = 0
            unanswered += 1
            if let target = head.path, target.utf8.count > Bounds.targetBytes {
                return refuse(.targetTooLong, context)
            }
        case .body: break
        case .end: reading = .waiting
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case HTTPParserError.headerOverflow = error else { return context.fireErrorCaught(error) }
        // The head has not come whole, so it was not counted. One that is too long because of its first line has a
        // status of its own.
        unanswered += 1
        refuse(firstLine > Bounds.headerBytes ? .targetTooLong : .headTooLarge, context)
    }

    // MARK: What goes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard refusedFor == nil else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head: isAnswering = true
        case .body: break
        case .end:
            isAnswering = false
            unanswered -= 1
        }
        context.write(data, promise: promise)
    }

    // MARK: Once in a second

    func handlerAdded(context: ChannelHandlerContext) { schedule(context) }

    func handlerRemoved(context: ChannelHandlerContext) { tick?.cancel() }

    private func schedule(_ context: ChannelHandlerContext) {
        tick = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in
            look(context)
            if context.channel.isActive { schedule(context) }
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        if let seconds = refusedFor {
            refusedFor = seconds + 1
            if seconds + 1 >= Bounds.lingerSeconds { context.close(promise: nil) }
            return
        }
        stalled = context.channel.isWritable ? 0 : stalled + 1
        if stalled >= limit {
            Refusals.answerNotRead.count()
            context.close(promise: nil)
            return
        }
        // While an earlier request is being answered, nothing is read, so what has not come is not the client's fault.
        switch reading {
        case .head where unanswered == 0, .body where unanswered <= 1: age += 1
        default: return
        }
        if age >= limit { refuse(reading == .head ? .headTooSlow : .bodyTooSlow, context) }
    }

    // MARK: The end

    /// Answers why, if that answer can be told from others, and ends the connection.
    private func refuse(_ reason: Refusals, _ context: ChannelHandlerContext) {
        reason.count()
        let isHeadDue = reading == .head && unanswered == 0
        guard hasBytes, !isAnswering, isHeadDue || unanswered == 1, let problem = reason.problem else {
            context.close(promise: nil)
            return
        }
        refusedFor = 0
        let body = ByteBuffer(bytes: problem.json)
        let head = HTTPResponse(
            status: problem.status,
            headerFields: [
                .contentType: "application/problem+json", .contentLength: "\(body.readableBytes)",
                .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .connection: "close",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }
}

/// Tells a ``RequestClock`` of bytes, as it sees requests only.
final class FirstBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let clock: RequestClock

    init(for clock: RequestClock) {
        self.clock = clock
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        clock.received(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension RequestClock: Sendable {}

@available(*, unavailable)
extension FirstBytes: Sendable {}

extension Refusals {
    /// What the client is told; nil if nothing.
    fileprivate var problem: Problem? {
        switch self {
        case .headTooSlow, .bodyTooSlow:
            Problem(.requestTimeout, "request_too_slow", "The request did not come in time. Send it again, faster.")
        case .headTooLarge:
            Problem(
                .requestHeaderFieldsTooLarge, "headers_too_large",
                "The header fields are more than \(Bounds.headerCount), or over \(Bounds.headerBytes / 1024) KiB. In a "
                    + "browser, delete this site's cookies.")
        case .targetTooLong:
            Problem(.uriTooLong, "target_too_long", "The path and query are over \(Bounds.targetBytes / 1024) KiB.")
        case .tooManyFromAddress, .answerNotRead: nil
        }
    }
}
