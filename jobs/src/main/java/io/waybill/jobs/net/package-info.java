/**
 * Sockets for everybody: proxies, wire traces and cancellation sit in one factory; and what is seen
 * of a server below whatever it speaks.
 */
@NullMarked
package io.waybill.jobs.net;

import org.jspecify.annotations.NullMarked;
