package io.waybill.mail.inbox;

import io.waybill.mail.MailException;
import java.util.List;
import java.util.Optional;

/** Keeps what is known of how far mailboxes were handled. Safe for use by several threads. */
public interface MailLedger {
  /**
   * Takes a folder for this process, so that no other handles mail of it meanwhile.
   *
   * @return the hold on it; empty if another process or thread has it
   * @throws MailException.StoreFailed if the ledger cannot be reached
   */
  Optional<Hold> hold(MailboxKey mailbox);

  /** Returns how far a folder was read; empty if it never was. */
  Optional<Checkpoint> checkpoint(MailboxKey mailbox);

  /** Returns entries of a folder in a state, lowest UIDs first. */
  List<LedgerEntry> entries(MailboxKey mailbox, LedgerEntry.State state, int limit);

  /**
   * Lets a quarantined message be tried again, from its first attempt on.
   *
   * @return whether there was one
   */
  boolean release(MailboxKey mailbox, long uid);

  /**
   * Is the right to write down what becomes of a folder's messages. Each method throws {@link
   * MailException.LeaseLost} if another process has taken the folder over meanwhile, and then has
   * changed nothing.
   */
  interface Hold extends AutoCloseable {
    /** Returns how far the folder was read; empty if it never was. */
    Optional<Checkpoint> checkpoint();

    /** Writes entries down under a UIDVALIDITY that is not yet the one that counts. */
    void carry(long uidValidity, List<LedgerEntry> entries);

    /** Has a checkpoint count from now on; entries of other UIDVALIDITYs are forgotten. */
    void start(Checkpoint checkpoint);

    /** Writes down that all up to and with this UID is handled, passed over or an entry. */
    void advance(long uid);

    /** Returns those of these messages that are entries. */
    List<LedgerEntry> find(List<Long> uids);

    /** Returns what is to be handled now of what was begun or put off before. */
    List<LedgerEntry> due(int limit);

    /** Writes down, before it is done, that messages are given to a handler. */
    void begin(List<LedgerEntry> messages);

    /** Takes back that messages were begun: nobody was given them. */
    void giveBack(List<LedgerEntry> messages);

    /** Writes down what became of a message. */
    void conclude(LedgerEntry entry);

    /** Forgets messages that are no longer there. */
    void forget(List<Long> uids);

    /** Returns messages that were handled and of which something is still to be done. */
    List<LedgerEntry> unfinished(int limit);

    /** Writes down that nothing more is to be done about these. */
    void finish(List<Long> uids);

    /** Returns entries of messages that were begun before and have one of these identities. */
    List<LedgerEntry> recognise(List<String> identities);

    /** Lets the folder go. */
    @Override
    void close();
  }
}
