/** What comes before the first request: what both ends can do, and who the client is. */
@NullMarked
package io.waybill.transfer.tcp.login;

import org.jspecify.annotations.NullMarked;
