import CCurl

/// Many transfers at once, all on the thread that calls, with libcurl's multi interface. Connections are kept and
/// shared by all; there are no cookies, and what was sent is not recorded.
///
/// It belongs to one thread: nothing moves unless ``advance(for:)`` is called.
public final class Transfers {
    private let options: Client.Options
    private let multi: UnsafeMutableRawPointer
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Handles that wait to be used again.
    private var idle: [Transfer] = []

    /// Nothing under way yet.
    ///
    /// - Parameters:
    ///   - options: As for a client; cookies are never kept.
    ///   - connections: How many connections may be open at once; a transfer beyond them waits for one.
    /// - Throws: ``CurlError`` without memory.
    public init(_ options: Client.Options = .init(), connections: Int) throws(CurlError) {
        guard globalInitialisation == CURLE_OK, let multi = curl_multi_init() else {
            throw CurlError(CURLE_OUT_OF_MEMORY)
        }
        self.options = options
        self.multi = UnsafeMutableRawPointer(multi)
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
    }

    deinit {
        for raw in running.keys { curl_multi_remove_handle(multi, raw) }
        // Connections are the multi handle's, so it goes before the easy ones.
        curl_multi_cleanup(multi)
    }

    /// How many are under way.
    public var count: Int { running.count }

    /// Starts a transfer.
    ///
    /// - Parameter end: Called by ``advance(for:)`` with the answer, or why there is none.
    /// - Throws: ``CurlError`` if it cannot begin; `end` is not called then.
    public func start(
        _ request: Request, _ end: @escaping (Result<Exchange, CurlError>) -> Void
    ) throws(CurlError) {
        let transfer = idle.popLast() ?? Transfer()
        do throws(CurlError) {
            transfer.memory = try transfer.handle.prepare(request, options: options, keepsSentHead: false)
        } catch {
            idle.append(transfer)
            throw error
        }
        guard curl_multi_add_handle(multi, transfer.handle.raw) == CURLM_OK else {
            curl_easy_reset(transfer.handle.raw)
            throw CurlError(CURLE_FAILED_INIT)
        }
        transfer.end = end
        running[transfer.handle.raw] = transfer
    }

    /// Moves all transfers on. If none ends at once, it waits until something happens to one of them, or so many
    /// milliseconds.
    public func advance(for milliseconds: Int) {
        guard !moveOn(), milliseconds > 0 else { return }
        curl_multi_poll(multi, nil, 0, Int32(clamping: milliseconds), nil)
        moveOn()
    }

    /// - Returns: Whether a transfer has ended.
    @discardableResult
    private func moveOn() -> Bool {
        var stillRunning: Int32 = 0
        curl_multi_perform(multi, &stillRunning)
        var (hasEnded, left) = (false, Int32(0))
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle,
                let transfer = running.removeValue(forKey: raw), let memory = transfer.memory
            else { continue }
            // Read first: removing the handle frees the message.
            let code = ccurl_message_result(message)
            curl_multi_remove_handle(multi, raw)
            let result = transfer.handle.finish(memory, code)
            let end = transfer.end
            (transfer.memory, transfer.end) = (nil, nil)
            idle.append(transfer)
            hasEnded = true
            end?(result)
        }
        return hasEnded
    }
}

/// A handle that is used for one transfer after the other.
private final class Transfer {
    let handle = EasyHandle(cookies: false)
    var memory: TransferMemory?
    var end: ((Result<Exchange, CurlError>) -> Void)?
}
