/**
 * The vocabulary of jobs: what a file says (definitions), what a step is, and what a run leaves
 * behind.
 */
@NullMarked
package io.waybill.jobs;

import org.jspecify.annotations.NullMarked;
