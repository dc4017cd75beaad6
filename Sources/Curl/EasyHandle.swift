import CCurl

/// libcurl wants this once, before anything else; a global's initialiser is run once, whoever comes first.
let globalInitialisation: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

/// Owns one of libcurl's easy handles.
struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer

    init(cookies: Bool) {
        guard globalInitialisation == CURLE_OK, let raw = curl_easy_init() else {
            // Without memory for one handle there is nothing that a caller could do better.
            fatalError("libcurl cannot be initialised: out of memory")
        }
        self.raw = raw
        if cookies {
            // An empty name turns the cookie engine on without reading a file; it stays on over a reset.
            _ = ccurl_set_string(raw, CURLOPT_COOKIEFILE, "")
        }
    }

    deinit { curl_easy_cleanup(raw) }

    func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ccurl_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(ccurl_set_string(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) throws(CurlError) {
        try check(ccurl_set_list(raw, option, value))
    }

    func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code) }
    }
}

/// A list in libcurl's form; the caller frees it with `curl_slist_free_all`.
func makeList(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
    // Appending gives nil only when memory has run out; the list so far is kept then.
    lines.reduce(nil) { list, line in curl_slist_append(list, line) ?? list }
}

/// The lines of a list in libcurl's form.
func lines(of list: UnsafeMutablePointer<curl_slist>?) -> [String] {
    var lines: [String] = []
    var next = list
    while let entry = next {
        if let data = entry.pointee.data { lines.append(String(cString: data)) }
        next = entry.pointee.next
    }
    return lines
}
