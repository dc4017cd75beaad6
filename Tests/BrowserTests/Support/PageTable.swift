import Browser
import Harness

/// A page whose looks are tested.
struct Page: Sendable {
    /// Which of the servers shows it.
    enum Place: Sendable {
        case bank
        case retirement
    }

    /// What its screenshots are called.
    let name: String
    let place: Place
    let path: String
    /// Whether Alice is signed in.
    let signedIn: Bool
    /// The status that it comes with.
    let status: Int
    /// What is done on the page at that path to come to this one.
    let steps: @Sendable (Chromium) async throws -> Void

    /// Every page: a new one is a new line here.
    static let all = [
        Page("sign-in-bank", .bank, "/login"),
        Page("sign-in-retirement", .retirement, "/login?return_to=/"),
        Page("sign-in-refused", .bank, "/login", status: 401) {
            try await $0.fillIn("/login", username: InBrowser.alice, password: "not her password")
        },
        Page("register-bank", .bank, "/register"),
        Page("register-retirement", .retirement, "/register"),
        Page("register-refused", .retirement, "/register", status: 409) {
            try await $0.fillIn("/register", username: InBrowser.alice, password: "somebody else's password")
        },
        Page("forgot-bank", .bank, "/forgot"),
        Page("forgot-retirement", .retirement, "/forgot"),
        Page("reset-refused", .bank, "/reset?token=x", status: 401),
        Page("not-found-bank", .bank, "/nothing", status: 404),
        Page("not-found-retirement", .retirement, "/nothing", status: 404),
        Page("home-bank", .bank, "/", signedIn: true),
        Page("home-retirement", .retirement, "/", signedIn: true),
        Page("sign-out-bank", .bank, "/logout", signedIn: true),
        Page("sign-out-retirement", .retirement, "/logout", signedIn: true),
        Page("devices-bank", .bank, "/devices", signedIn: true),
        Page("devices-retirement", .retirement, "/devices", signedIn: true),
        Page("activity-bank", .bank, "/activity", signedIn: true),
        Page("activity-retirement", .retirement, "/activity", signedIn: true),
        Page("password-bank", .bank, "/password", signedIn: true),
        Page("password-refused", .retirement, "/password", signedIn: true, status: 401) { browser in
            try await browser.find("[name=current_password]").type("not her password")
            try await browser.find("[name=new_password]").type("another long password")
            try await browser.find("form[action='/password'] button").follow()
        },
        Page("lab-bank", .bank, "/lab", signedIn: true),
        Page("lessons-bank", .bank, "/lessons", signedIn: true),
        Page("lab-result-retirement", .retirement, "/lab", signedIn: true) { try await $0.press("/lab/expire-access") },
        // The last one: the session is broken afterwards.
        Page("sign-in-explained", .retirement, "/lab", signedIn: true) { browser in
            try await browser.press("/lab/alg-none")
            let home = try await browser.url.split(separator: "/lab").first.map(String.init) ?? ""
            try await browser.open("\(home)/login")
        },
    ]

    init(
        _ name: String, _ place: Place, _ path: String, signedIn: Bool = false, status: Int = 200,
        steps: @escaping @Sendable (Chromium) async throws -> Void = { _ in }
    ) {
        self.name = name
        self.place = place
        self.path = path
        self.signedIn = signedIn
        self.status = status
        self.steps = steps
    }

    func server(of cluster: Cluster) -> ServerProcess {
        switch place {
        case .bank: cluster.bank
        case .retirement: cluster.retirement
        }
    }
}
