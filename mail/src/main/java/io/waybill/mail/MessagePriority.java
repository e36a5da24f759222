package io.waybill.mail;

/** How urgent the sender thinks a message is; most readers show it, no server acts on it. */
public enum MessagePriority {
  /** Marked in red by many. */
  HIGH,
  /** Nothing is written. */
  NORMAL,
  /** May wait. */
  LOW
}
