/** Submits frozen messages over SMTP: one connection, one transaction after another. */
@NullMarked
package io.waybill.mail.smtp;

import org.jspecify.annotations.NullMarked;
