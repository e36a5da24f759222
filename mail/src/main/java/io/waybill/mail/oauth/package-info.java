/** Gets access tokens from an OAuth 2 provider (RFC 6749) over HTTP and keeps them fresh. */
@NullMarked
package io.waybill.mail.oauth;

import org.jspecify.annotations.NullMarked;
