// What the project uses of OpenSSL's libcrypto: SHA-256, scrypt and a comparison in constant time.
#pragma once

// The low-level SHA256_* calls are deprecated since OpenSSL 3.0 and work as before: Sources/Tokens/HS256.swift says why
// they are used.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
