// Digests and P-256 (OpenSSL 3 libcrypto).
//
// The digests are used through their low-level functions, which 3.0 marks as deprecated: they need
// no fetch and no allocation per hash, and RIPEMD-160 is there without the legacy provider.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/ripemd.h>
#include <openssl/sha.h>
