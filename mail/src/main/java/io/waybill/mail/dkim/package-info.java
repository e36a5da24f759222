/** Signs messages with DomainKeys Identified Mail (RFC 6376, RFC 8301, RFC 8463). */
@NullMarked
package io.waybill.mail.dkim;

import org.jspecify.annotations.NullMarked;
