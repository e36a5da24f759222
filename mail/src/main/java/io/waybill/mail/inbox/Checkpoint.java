package io.waybill.mail.inbox;

import java.time.Instant;

/**
 * How far a folder was read. What is pending beside it is in the ledger's entries.
 *
 * @param uidValidity what its UIDs hold for; 0 where the server does not say
 * @param uid up to and with this one every message was handled, passed over, or is an entry
 * @param since when the folder was first read
 */
public record Checkpoint(long uidValidity, long uid, Instant since) {}
