/// Times as mails write them (RFC 5322 section 3.3), in UTC.
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A time such as `Wed, 25 Nov 2026 03:46:36 +0000`.
    ///
    /// - Parameter time: whole seconds since 1970, from 0 up.
    static func text(_ time: Int) -> String {
        let (day, second) = max(0, time).quotientAndRemainder(dividingBy: 86_400)
        let date = date(day)
        let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
        return "\(days[day % 7]), \(twoDigits(date.day)) \(months[date.month - 1]) \(date.year) \(clock) +0000"
    }

    /// The date of a day, given as days since 1970: by years that begin in March, so that a leap day is the last.
    private static func date(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let day = daysSince1970 + 719_468
        let dayOfEra = day % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            year: yearOfEra + day / 146_097 * 400 + (month >= 10 ? 1 : 0),
            month: month >= 10 ? month - 9 : month + 3,
            day: dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
