/** Sockets for everybody: proxies, wire traces and cancellation sit in one factory. */
@NullMarked
package io.waybill.jobs.net;

import org.jspecify.annotations.NullMarked;
