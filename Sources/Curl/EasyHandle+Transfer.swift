import CCurl

/// What libcurl reads and writes while a transfer runs: the handle must be reset before this goes away.
final class TransferMemory {
    fileprivate let request: Request
    fileprivate let recorder = Recorder()
    fileprivate let headers: UnsafeMutablePointer<curl_slist>?
    fileprivate let resolve: UnsafeMutablePointer<curl_slist>?
    fileprivate let message: UnsafeMutablePointer<CChar>

    init(_ request: Request, _ options: Client.Options) {
        self.request = request
        headers = makeList(request.headerLines)
        resolve = makeList(options.resolve)
        message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_slist_free_all(headers)
        curl_slist_free_all(resolve)
        message.deallocate()
    }
}

extension EasyHandle {
    /// Runs one transfer on the calling thread.
    func perform(_ request: Request, options: Client.Options) throws(CurlError) -> Exchange {
        let memory = try prepare(request, options: options, keepsSentHead: true)
        return try finish(memory, curl_easy_perform(raw)).get()
    }

    /// Sets all that one transfer needs. What is returned has to be kept until ``finish(_:_:)``.
    func prepare(
        _ request: Request, options: Client.Options, keepsSentHead: Bool
    ) throws(CurlError) -> TransferMemory {
        try request.checkThatItIsSentAsGiven()
        let memory = TransferMemory(request, options)
        do throws(CurlError) {
            try check(ccurl_set_pointer(raw, CURLOPT_ERRORBUFFER, memory.message))
            try set(CURLOPT_HTTPHEADER, memory.headers)
            try set(CURLOPT_RESOLVE, memory.resolve)
            try set(options)
            try set(request)
            try memory.recorder.listen(to: self, keepsSentHead: keepsSentHead)
        } catch {
            curl_easy_reset(raw)
            throw error
        }
        return memory
    }

    /// Takes what a transfer left. The handle forgets all about it then, and keeps connections and cookies.
    func finish(_ memory: TransferMemory, _ code: CURLcode) -> Result<Exchange, CurlError> {
        // The handle outlives what was prepared, so it must forget that first.
        defer { withExtendedLifetime(memory) { curl_easy_reset(raw) } }
        guard code == CURLE_OK else {
            return .failure(CurlError(code, message: String(cString: memory.message)))
        }
        return .success(exchange(memory.request, memory.recorder))
    }

    private func set(_ options: Client.Options) throws(CurlError) {
        // Timeouts must not use SIGALRM: it would reach any thread.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        try set(CURLOPT_TIMEOUT_MS, options.timeout.milliseconds)
        try set(CURLOPT_FOLLOWLOCATION, options.followRedirects ? 1 : 0)
        try set(CURLOPT_MAXREDIRS, 10)
        // What the environment says about proxies is not meant for a cluster on this machine.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_PATH_AS_IS, 1)
        if let file = options.certificateAuthorities { try set(CURLOPT_CAINFO, file) }
    }

    private func set(_ request: Request) throws(CurlError) {
        try set(CURLOPT_URL, request.url)
        let body = request.body ?? []
        switch (request.method, request.body) {
        case ("GET", nil):
            try set(CURLOPT_HTTPGET, 1)
        case ("HEAD", nil):
            try set(CURLOPT_NOBODY, 1)
        case ("POST", _):
            try setBody(body)
        case (let method, let given):
            if given != nil { try setBody(body) }
            try set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    private func setBody(_ body: [UInt8]) throws(CurlError) {
        try set(CURLOPT_POST, 1)
        // The size comes first: libcurl copies that many bytes when it is given the pointer.
        try check(ccurl_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        var copy = body.isEmpty ? [0] : body
        try check(ccurl_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, &copy))
    }

    private func exchange(_ request: Request, _ recorder: Recorder) -> Exchange {
        var status = 0
        var total: curl_off_t = 0
        var firstByte: curl_off_t = 0
        _ = ccurl_get_long(raw, CURLINFO_RESPONSE_CODE, &status)
        _ = ccurl_get_offset(raw, CURLINFO_TOTAL_TIME_T, &total)
        _ = ccurl_get_offset(raw, CURLINFO_STARTTRANSFER_TIME_T, &firstByte)
        return Exchange(
            request: request,
            sentHead: String(decoding: recorder.sentHead, as: UTF8.self),
            response: Response(
                status: status, statusLine: recorder.statusLine, headers: recorder.headers, body: recorder.body),
            timings: Timings(total: Double(total) / 1e6, firstByte: Double(firstByte) / 1e6))
    }
}

extension Request {
    /// Refuses what would end a C string or a header line early, and so be sent as something else.
    fileprivate func checkThatItIsSentAsGiven() throws(CurlError) {
        for text in [method, url] + headers.flatMap({ [$0.name, $0.value] }) {
            guard !text.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
                throw .badRequest("line break or NUL in the method, the address or a header")
            }
        }
        guard !headers.contains(where: { $0.name.isEmpty || $0.name.utf8.contains(UInt8(ascii: ":")) }) else {
            throw .badRequest("header name empty or with a colon")
        }
    }

    /// The headers in libcurl's form, in which `Name:` means "send none" and `Name;` means "send it empty".
    fileprivate var headerLines: [String] {
        let given = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // libcurl adds these by itself; a request carries them only where the caller says so.
        let suppressed = ["Accept", "Content-Type", "Expect", "User-Agent"]
            .filter { name in !headers.contains { $0.isNamed(name) } }
        return given + suppressed.map { "\($0):" }
    }
}

extension Duration {
    /// Whole milliseconds: at least 1, because 0 means "for ever" to libcurl, and at most about 24 days.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        let whole = min(max(seconds, 0), 2_000_000) * 1000 + attoseconds / 1_000_000_000_000_000
        return Int(max(whole, 1))
    }
}
