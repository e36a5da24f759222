/** Turns messages into RFC 5322 and MIME bytes, and any bytes back into something readable. */
@NullMarked
package io.waybill.mail.mime;

import org.jspecify.annotations.NullMarked;
