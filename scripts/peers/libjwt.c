// The peer libjwt: verifies one token again and again, and prints how many nanoseconds a call takes.
//
//     printf '%s\n%s\n' TOKEN SECRET_IN_HEX | libjwt CALLS
#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

// The algorithm is checked as well: libjwt takes any HMAC that the token names.
static int verify(const char *token, const unsigned char *secret, int length) {
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, secret, length) != 0) return 0;
    int good = jwt_get_alg(jwt) == JWT_ALG_HS256 && jwt_get_grant_int(jwt, "exp") > time(NULL);
    jwt_free(jwt);
    return good;
}

int main(int count, char **arguments) {
    static char token[8192], hex[8192];
    static unsigned char secret[4096];
    if (count != 2 || scanf("%8191s %8191s", token, hex) != 2) return 64;
    int length = (int)strlen(hex) / 2;
    for (int index = 0; index < length; index++) sscanf(hex + 2 * index, "%2hhx", &secret[index]);

    long calls = atol(arguments[1]);
    if (!verify(token, secret, length)) {
        fprintf(stderr, "the token is not good\n");
        return 1;
    }
    long long start = nanoseconds();
    for (long call = 0; call < calls; call++) {
        if (!verify(token, secret, length)) return 1;
    }
    printf("%.1f\n", (double)(nanoseconds() - start) / calls);
    return 0;
}
