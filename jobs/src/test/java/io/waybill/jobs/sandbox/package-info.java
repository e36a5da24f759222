/** Tests of the sandbox, over real sockets and files. */
@NullMarked
package io.waybill.jobs.sandbox;

import org.jspecify.annotations.NullMarked;
