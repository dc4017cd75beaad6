// The peer golang-jwt.
//
//	printf '%s\n%s\n' TOKEN SECRET_IN_HEX | golang-jwt verify CALLS    prints how many nanoseconds a verification takes
//	printf '%s\n%s\n' TOKEN SECRET_IN_HEX | golang-jwt serve PORT      answers GET /api/me like the bank, with net/http
package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt"
)

// claims are those of the cluster's access tokens.
type claims struct {
	jwt.StandardClaims
	Name    string `json:"name"`
	Session string `json:"sid"`
	Count   int    `json:"count"`
}

type verifier struct {
	secret []byte
	parser *jwt.Parser
}

func (v verifier) key(*jwt.Token) (interface{}, error) { return v.secret, nil }

func (v verifier) verify(token string) (*claims, error) {
	var c claims
	if _, err := v.parser.ParseWithClaims(token, &c, v.key); err != nil {
		return nil, err
	}
	if !c.VerifyAudience("sso", true) || c.Issuer != "bank" && c.Issuer != "retirement" {
		return nil, errors.New("not of this cluster")
	}
	return &c, nil
}

// me is what GET /api/me answers.
type me struct {
	Server string `json:"server"`
	*claims
}

func (v verifier) serveMe(w http.ResponseWriter, r *http.Request) {
	c, err := v.verify(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(me{"go", c}); err != nil {
		log.Print(err)
	}
}

func main() {
	var token, secretInHex string
	if _, err := fmt.Scan(&token, &secretInHex); err != nil || len(os.Args) != 3 {
		log.Fatal("it takes 'verify CALLS' or 'serve PORT', and a token and a secret on standard input")
	}
	secret, err := hex.DecodeString(secretInHex)
	if err != nil {
		log.Fatal(err)
	}
	v := verifier{secret, &jwt.Parser{ValidMethods: []string{jwt.SigningMethodHS256.Alg()}}}
	number, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}

	if os.Args[1] == "serve" {
		http.HandleFunc("/api/me", v.serveMe)
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", number), nil))
	}
	start := time.Now()
	for call := 0; call < number; call++ {
		if _, err := v.verify(token); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.1f\n", float64(time.Since(start).Nanoseconds())/float64(number))
}
