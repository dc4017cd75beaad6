// What the project uses of OpenSSL's libcrypto: HMAC, SHA-256, scrypt and a comparison in constant time.
#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
