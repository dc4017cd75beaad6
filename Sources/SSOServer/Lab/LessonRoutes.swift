import Hummingbird
import Lessons

/// The course to be read, on servers with `--lab` alone. `sso tour` plays the same lessons with real visitors.
struct LessonRoutes: Sendable {
    let signIn: any PageSignIn
    let pages: Pages

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/lessons", on: router) { request, context in
            let content: Pages.Content = ["lessons": Lesson.allCases.map(\.content)]
            guard let visitor = try await signIn.visitor(request, context) else {
                return pages.render("lessons", content)
            }
            return pages.page("lessons", for: visitor, context, at: nil, content)
        }
    }
}

extension Lesson {
    fileprivate var content: Pages.Content {
        [
            "name": rawValue, "number": number, "title": text.title, "idea": text.idea,
            "explanation": text.explanation,
            "next": text.next.map { suggestion -> Pages.Content in
                var content: Pages.Content = ["sentence": suggestion.sentence]
                content["command"] = suggestion.command
                return content
            },
        ]
    }
}
