package io.waybill.jobs.trigger;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.mail.inbox.MailLedger;

/**
 * What a source is watched with.
 *
 * @param job for which it is
 * @param services by which it is reached
 * @param ledger of what was found
 * @param mail of how far mailboxes were read
 * @param gate of the job
 */
record Watching(
    JobDefinition job, StepServices services, ItemLedger ledger, MailLedger mail, Gate gate) {}
