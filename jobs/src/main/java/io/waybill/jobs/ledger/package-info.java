/**
 * What triggers have found for jobs, and what became of it, so that nothing is lost or done twice.
 */
@NullMarked
package io.waybill.jobs.ledger;

import org.jspecify.annotations.NullMarked;
