/** Tests of the package. */
@NullMarked
package io.waybill.jobs.demo;

import org.jspecify.annotations.NullMarked;
