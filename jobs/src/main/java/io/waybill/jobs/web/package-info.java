/** REST on the control channel; the only package that knows the web library. */
@NullMarked
package io.waybill.jobs.web;

import org.jspecify.annotations.NullMarked;
