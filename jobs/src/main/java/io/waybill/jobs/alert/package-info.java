/**
 * Who is told what about jobs: rules without a clock, their state beside the runs, and the ways on
 * which alerts leave.
 */
@NullMarked
package io.waybill.jobs.alert;

import org.jspecify.annotations.NullMarked;
