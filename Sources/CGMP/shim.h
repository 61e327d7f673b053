// Big integers (GMP), for the modexp precompile.
#include <gmp.h>
