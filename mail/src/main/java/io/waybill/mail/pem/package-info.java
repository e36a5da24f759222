/** Reads keys and certificates from PEM text (RFC 7468). */
@NullMarked
package io.waybill.mail.pem;

import org.jspecify.annotations.NullMarked;
