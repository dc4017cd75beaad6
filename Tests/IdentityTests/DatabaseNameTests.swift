import Holdings
import Testing

@Suite("Names of databases")
struct DatabaseNameTests {
    @Test(
        "A password is never told, however it is written",
        arguments: [
            ("postgresql://sso:hunter2@db/sso", "postgresql://sso:***@db/sso"),
            ("postgres://sso:hunter2@db:5432/sso?sslmode=require", "postgres://sso:***@db:5432/sso?sslmode=require"),
            ("postgresql://sso:hunt@er/2?x@db/sso", "postgresql://sso:***@db/sso"),
            ("postgresql://sso:@db", "postgresql://sso:***@db"),
            ("postgresql://db/sso?user=sso&password=hunter2", "postgresql://db/sso?user=sso&password=***"),
            ("postgresql://db/sso?sslPassword=hunter2&a=b", "postgresql://db/sso?sslPassword=***&a=b"),
            ("postgresql://db/sso?pass%77ord=hunter2", "postgresql://db/sso?pass%77ord=***"),
            ("postgresql://db/sso?password=hunter2&user=a@b", "postgresql://db/sso?password=***&user=a@b"),
            ("postgresql://sso@db/sso", "postgresql://sso@db/sso"),
            ("postgresql://", "postgresql://"),
            ("sqlite:/a:b@c", "sqlite:/a:b@c"),
        ])
    func hidden(url: String, name: String) {
        #expect(DatabaseName(url).description == name)
    }
}
