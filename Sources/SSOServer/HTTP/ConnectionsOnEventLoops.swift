import HummingbirdCore
import Identity
import Logging
import NIOCore
import NIOHTTPTypes

/// HTTP/1.1 connections, each served in one thread: that of the event loop that reads and writes it. They are bounded as
/// ``Bounds`` says.
///
/// By itself, Swift runs tasks in threads of its own, so a request changes threads when it has come and again when it is
/// answered. Here the loop that has read a request answers it. Password hashes, the database's statements and log lines
/// have threads of their own, so no loop waits for them.
struct ConnectionsOnEventLoops: ServerChildChannel {
    private let connections: HTTP1Channel
    private let count: ConnectionCount
    private let proxies: TrustedProxies

    init(_ bounds: Bounds, _ proxies: TrustedProxies, responder: @escaping HTTPChannelHandler.Responder) {
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = Bounds.headerBytes
        decoder.maxHeaderListSize = Bounds.headerBytes
        decoder.maxHeaderFieldCount = Bounds.headerCount
        connections = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [RequestClock(seconds: bounds.requestSeconds)],
                idleTimeout: .seconds(Int64(bounds.idleSeconds)), httpDecoderConfiguration: decoder))
        count = ConnectionCount(limit: bounds.connectionsPerPlace)
        self.proxies = proxies
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        // Everybody comes from a proxy's address, so it has the limit on all connections alone.
        if proxies.proxy(channel.remoteAddress) == nil { bound(channel) }
        return connections.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(FirstBytes(for: pipeline.handler(type: RequestClock.self)), position: .first)
            return value
        }
    }

    private func bound(_ channel: any Channel) {
        let place = Place(channel.remoteAddress)
        if !count.enter(from: place) {
            Refusals.tooManyFromAddress.count()
            // Not at once: Hummingbird takes a connection that is set up to be open.
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
        channel.closeFuture.whenComplete { [count] _ in count.leave(from: place) }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await connections.handle(value: value, logger: logger)
        }
    }
}
