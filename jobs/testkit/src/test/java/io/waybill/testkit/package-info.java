/** Tests of the fakes, against plain sockets and processes. */
@NullMarked
package io.waybill.testkit;

import org.jspecify.annotations.NullMarked;
