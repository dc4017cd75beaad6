import CCurl

/// Takes down one transfer, in libcurl's callbacks, on the thread that runs it.
///
/// The callbacks only append bytes: nothing in them can throw or trap across C.
final class Recorder {
    private(set) var sentHead: [UInt8] = []
    private(set) var body: [UInt8] = []
    private(set) var statusLine = ""
    private(set) var headers: [Header] = []

    /// Sets this recorder on the handle, which must be reset before the recorder goes away.
    ///
    /// - Parameter keepsSentHead: whether ``sentHead`` is wanted; it costs libcurl a text for each step that it takes.
    func listen(to handle: borrowing EasyHandle, keepsSentHead: Bool) throws(CurlError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.check(ccurl_set_write_callback(handle.raw, CURLOPT_WRITEFUNCTION, receiveBody))
        try handle.check(ccurl_set_pointer(handle.raw, CURLOPT_WRITEDATA, context))
        try handle.check(ccurl_set_write_callback(handle.raw, CURLOPT_HEADERFUNCTION, receiveHeader))
        try handle.check(ccurl_set_pointer(handle.raw, CURLOPT_HEADERDATA, context))
        guard keepsSentHead else { return }
        // Only the debug callback sees the request's head as it goes out.
        try handle.set(CURLOPT_VERBOSE, 1)
        try handle.check(ccurl_set_debug_callback(handle.raw, noteDebug))
        try handle.check(ccurl_set_pointer(handle.raw, CURLOPT_DEBUGDATA, context))
    }

    fileprivate func appendBody(_ bytes: UnsafeRawBufferPointer) {
        body.append(contentsOf: bytes)
    }

    fileprivate func appendSentHead(_ bytes: UnsafeRawBufferPointer) {
        sentHead.append(contentsOf: bytes)
    }

    fileprivate func appendHeaderLine(_ bytes: UnsafeRawBufferPointer) {
        let line = bytes.trimmed
        if line.starts(with: Array("HTTP/".utf8)) {
            // The last answer counts: before it stood a 100, or one that redirected to it.
            statusLine = String(decoding: line, as: UTF8.self)
            headers = []
            body = []
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let value = UnsafeRawBufferPointer(rebasing: line[line.index(after: colon)...]).trimmed
            headers.append(
                Header(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Without spaces, tabs and line ends at either side.
    fileprivate var trimmed: Slice<UnsafeRawBufferPointer> {
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 || byte == 10 }
        let head = drop(while: isBlank)
        let end = head.lastIndex { !isBlank($0) }.map { head.index(after: $0) } ?? head.startIndex
        return head[..<end]
    }
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let recorder = Unmanaged<Recorder>.fromOpaque(context).takeUnretainedValue()
    recorder.appendBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let recorder = Unmanaged<Recorder>.fromOpaque(context).takeUnretainedValue()
    recorder.appendHeaderLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func noteDebug(
    _ handle: UnsafeMutableRawPointer?, _ kind: curl_infotype, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context, kind == CURLINFO_HEADER_OUT else { return 0 }
    let recorder = Unmanaged<Recorder>.fromOpaque(context).takeUnretainedValue()
    recorder.appendSentHead(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
