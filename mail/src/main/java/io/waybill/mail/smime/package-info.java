/**
 * Signs and encrypts messages with S/MIME (RFC 8551); the only package that knows Bouncy Castle.
 */
@NullMarked
package io.waybill.mail.smime;

import org.jspecify.annotations.NullMarked;
