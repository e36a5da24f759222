/** Speaks the client's half of SASL logins (RFC 4422); opens no socket and knows no base64. */
@NullMarked
package io.waybill.mail.sasl;

import org.jspecify.annotations.NullMarked;
