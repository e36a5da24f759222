package io.waybill.mail.outbox;

/** What an operator decides about an entry whose fate is unknown. */
public enum Resolution {
  /** It was found at the recipients: they count as accepted. */
  SENT,
  /** It was not found: the same bytes, with the same Message-ID, may go out again. */
  RESEND,
  /** It is given up: the recipients count as rejected. */
  DROP
}
