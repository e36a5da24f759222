/** The command line: flags become steps or calls of the facade, outcomes become exit codes. */
@NullMarked
package io.waybill.jobs.cli;

import org.jspecify.annotations.NullMarked;
