import HTTPTypes
import Hummingbird
import Tokens

extension Request {
    /// The body as a JSON object.
    ///
    /// - Throws: ``Problem`` 415, 413, 400 or 422.
    func jsonObject() async throws -> JSONObject {
        let bytes = try await bytes(ofType: "application/json")
        guard let value = try? JSONValue(bytes) else { throw Problem.malformedJSON }
        guard case .object(let object) = value else {
            throw Problem.field("body", "The body must be a JSON object.")
        }
        return object
    }

    /// The body as the fields of a form.
    ///
    /// - Throws: ``Problem`` 415, 413 or 400.
    func form<Fields: Decodable>(_ fields: Fields.Type) async throws -> Fields {
        let bytes = try await bytes(ofType: "application/x-www-form-urlencoded")
        guard let text = String(validating: bytes, as: UTF8.self),
            let decoded = try? URLEncodedFormDecoder().decode(fields, from: text)
        else { throw Problem.malformedForm }
        return decoded
    }

    private func bytes(ofType type: String) async throws -> [UInt8] {
        let given = headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased() } ?? ""
        guard given.filter({ $0 != " " && $0 != "\t" }) == type else { throw Problem.contentType(type) }
        return Array(buffer: try await body.collect(upTo: Bounds.bodyBytes))
    }
}

extension JSONObject {
    /// A member that must be a string.
    ///
    /// - Throws: ``Problem`` 422.
    func string(_ name: String) throws(Problem) -> String {
        guard case .string(let value)? = self[name] else {
            throw .field(name, "The field '\(name)' must be there and be a string.")
        }
        return value
    }

    /// A member that may be missing or null, and else must be a string.
    ///
    /// - Throws: ``Problem`` 422.
    func optionalString(_ name: String) throws(Problem) -> String? {
        switch self[name] {
        case nil, .null?: nil
        case .string(let value)?: value
        default: throw .field(name, "The field '\(name)' must be a string, where it is there.")
        }
    }
}
