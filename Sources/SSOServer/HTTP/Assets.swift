import HTTPTypes
import Hummingbird

/// The files that pages load: a stylesheet, a script and an icon. They are nobody's in particular, so browsers may keep
/// them for a while.
struct Assets {
    private static let files: [(path: String, type: String, content: [UInt8])] = [
        ("/assets/site.css", "text/css; charset=utf-8", PackageResources.site_css),
        ("/assets/xray.js", "text/javascript; charset=utf-8", PackageResources.xray_js),
        ("/assets/icon.svg", "image/svg+xml", PackageResources.icon_svg),
    ]

    func add(to routes: Routes, on router: Router<AppContext>) {
        for file in Self.files {
            let body = ByteBuffer(bytes: file.content)
            routes.get(file.path, on: router) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: file.type, .cacheControl: "public, max-age=300"],
                    body: .init(byteBuffer: body))
            }
        }
    }
}
