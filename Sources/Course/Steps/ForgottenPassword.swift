import Curl
import Harness

extension Story {
    func forgottenPassword() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            let phone = program("phone")
            let finder = program("finder")
            say("Alice is signed in on her phone. On a new laptop, she has forgotten her password.")
            try await phone.signIn(at: cluster.bank, as: "alice")
            try await guess(cluster, phone)

            say("The password was on a note, and somebody else found the note first: they are signed in with it.")
            try await finder.signIn(at: cluster.retirement, as: "alice")
            try await change(phone, finder, cluster)
        }
    }

    private func guess(_ cluster: Cluster, _ phone: Participant) async throws {
        let laptop = program("laptop")
        let wrong = try await laptop.signIn(at: cluster.bank, as: "alice", password: "was it the dog?")
        let unknown = try await laptop.signIn(at: cluster.bank, as: "nobody", password: "was it the dog?")
        expect(
            "a wrong password and an unknown name get the same answer",
            wrong.status == 401 && wrong.json("code") == "invalid_credentials" && wrong.response.body == unknown.body)

        say("Her phone is signed in. Does that suffice to set a new password?")
        let answer = try await phone.post(
            cluster.bank, "/api/password",
            json: jsonObject(["current_password": "was it the dog?", "new_password": "a new one for Alice"]))
        expect(
            "no: the current one is asked for", answer.status == 401 && answer.json("code") == "invalid_credentials")
        let unharmed = try await phone.refresh(at: cluster.retirement)
        expect("and the attempt has changed nothing", unharmed.status == 200)
        try expectCount(0, phone)
    }

    private func change(_ phone: Participant, _ finder: Participant, _ cluster: Cluster) async throws {
        say("Alice finds the note too, and at once chooses a new password.")
        let new = "a new one for Alice"
        let changed = try await phone.post(
            cluster.bank, "/api/password",
            json: jsonObject(["current_password": Story.password, "new_password": new]))
        expect("her phone gets new tokens with the answer", changed.status == 200)
        phone.visitor.keepTokens(of: changed)
        try expectCount(1, phone)

        say("Whoever signed in with the old password:")
        for server in cluster.servers {
            let refused = try await finder.refresh(at: server)
            expect(
                "\(server.called) refuses their refresh token",
                refused.status == 401 && refused.json("code") == "token_revoked")
        }
        let old = try await finder.signIn(at: cluster.bank, as: "alice")
        expect("the old password signs nobody in", old.status == 401 && old.json("code") == "invalid_credentials")

        say("Her phone goes on, and her laptop signs in, with the new password.")
        let goesOn = try await phone.refresh(at: cluster.retirement)
        expect("the phone renews", goesOn.status == 200)
        let laptop = program("laptop")
        let signIn = try await laptop.signIn(at: cluster.retirement, as: "alice", password: new)
        expect("the laptop is in", signIn.status == 200)
        try expectCount(1, laptop)
    }

    func expectCount(_ count: Int, _ program: Participant) throws {
        let token = try TokenParts(program.visitor.refreshToken)
        expect(
            "the \(program.visitor.name)'s refresh token is of count \(count)", token["count"]?.integer == count,
            seen: token.payloadText)
    }
}
