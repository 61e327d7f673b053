// The kernels are inlined from the header; a target needs a file to compile.
#include "CKernels.h"
