/** OpenPGP: files that are encrypted, signed and verified in streams; BouncyCastle is here only. */
@NullMarked
package io.waybill.jobs.pgp;

import org.jspecify.annotations.NullMarked;
