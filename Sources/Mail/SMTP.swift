import CCurl
import Foundation
import Identity

/// A mail server that takes our mails (RFC 5321), spoken to through libcurl.
public struct SMTP: MailTransport {
    /// How the connection is protected.
    public enum Security: Sendable, Equatable {
        /// By TLS from the first byte: `smtps://`.
        case implicit
        /// By STARTTLS, without which nothing is sent.
        case required
        /// By STARTTLS where the server offers it. Whoever sits in between can take the offer away, so their certificate
        /// is not asked for either.
        case optional
        /// Not at all: for a server on the same machine.
        case none
    }

    /// Who we are to the server.
    public struct Credentials: Sendable, Equatable {
        let user: String
        let password: String

        /// A name and a password.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// The server's name, or its address; an IPv6 address in brackets.
    public let host: String
    /// The port.
    public let port: Int
    /// How the connection is protected.
    public let security: Security
    private let credentials: Credentials?
    private let certificates: String?

    /// The longest that one mail may take, in seconds. Then it has failed, as far as we know.
    public static let timeout = 60

    /// A server.
    ///
    /// - Parameters:
    ///   - credentials: nil signs in as nobody.
    ///   - certificates: a file of the authorities (PEM) that may vouch for the server; nil takes the system's.
    public init(host: String, port: Int, security: Security, credentials: Credentials?, certificates: String?) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.certificates = certificates
    }

    /// Hands the mail to the server.
    public func send(_ message: Message) throws(MailError) {
        guard libcurlIsReady, let handle = curl_easy_init() else { throw MailError("libcurl cannot be initialised") }
        let recipients = curl_slist_append(nil, "<\(message.recipient.text)>")
        var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let upload = Upload(message.bytes)
        defer {
            curl_easy_cleanup(handle)
            curl_slist_free_all(recipients)
        }
        let code = reason.withUnsafeMutableBytes { reason in
            withExtendedLifetime(upload) {
                var options = Options(handle)
                options.set(CURLOPT_ERRORBUFFER, reason.baseAddress)
                set(&options)
                options.set(CURLOPT_MAIL_FROM, "<\(message.sender.text)>")
                options.set(CURLOPT_MAIL_RCPT, recipients)
                options.set(CURLOPT_UPLOAD, 1)
                options.set(CURLOPT_READDATA, Unmanaged.passUnretained(upload).toOpaque())
                options.setReader(readUpload)
                return options.failure ?? curl_easy_perform(handle)
            }
        }
        guard code == CURLE_OK else { throw error(code, reason) }
    }

    private func set(_ options: inout Options) {
        options.set(CURLOPT_URL, "\(security == .implicit ? "smtps" : "smtp")://\(host):\(port)")
        options.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        options.set(CURLOPT_PROXY, "")
        // Timeouts must not use SIGALRM: it would reach any thread.
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_CONNECTTIMEOUT, 10)
        options.set(CURLOPT_TIMEOUT, Self.timeout)
        switch security {
        case .implicit, .required: options.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        case .optional: options.set(CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))
        case .none: options.set(CURLOPT_USE_SSL, Int(CURLUSESSL_NONE.rawValue))
        }
        if security == .optional, certificates == nil {
            options.set(CURLOPT_SSL_VERIFYPEER, 0)
            options.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let certificates { options.set(CURLOPT_CAINFO, certificates) }
        if let credentials {
            options.set(CURLOPT_USERNAME, credentials.user)
            options.set(CURLOPT_PASSWORD, credentials.password)
        }
    }

    /// libcurl's own words name the server and the code of its answer, and no address.
    private func error(_ code: CURLcode, _ reason: [CChar]) -> MailError {
        let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return MailError(
            "the mail server at \(host):\(port) did not take a mail: "
                + (text.isEmpty ? String(cString: curl_easy_strerror(code)) : text))
    }
}

/// libcurl wants this once, before anything else; a global's initialiser is run once, whoever comes first.
private let libcurlIsReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

/// Sets options on one of libcurl's handles, and keeps the first failure.
private struct Options {
    private let handle: UnsafeMutableRawPointer
    private(set) var failure: CURLcode?

    init(_ handle: UnsafeMutableRawPointer) {
        self.handle = handle
    }

    mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(handle, option, value)) }

    mutating func set(_ option: CURLoption, _ value: String) { note(ccurl_set_string(handle, option, value)) }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        note(ccurl_set_pointer(handle, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
        note(ccurl_set_list(handle, option, value))
    }

    mutating func setReader(_ reader: @escaping curl_read_callback) {
        note(ccurl_set_read_callback(handle, CURLOPT_READFUNCTION, reader))
    }

    private mutating func note(_ code: CURLcode) {
        if code != CURLE_OK, failure == nil { failure = code }
    }
}

/// What is still to be sent of a mail. libcurl doubles the dot that begins a line (RFC 5321 section 4.5.2).
private final class Upload {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let part = rest.prefix(room.count)
        room.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}

private func readUpload(
    _ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let room, let context else { return 0 }
    return Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
        .read(into: UnsafeMutableRawBufferPointer(start: room, count: size * count))
}
