/** Looks at a server step by step: name, connection, TLS, login, speed. */
@NullMarked
package io.waybill.jobs.probe;

import org.jspecify.annotations.NullMarked;
