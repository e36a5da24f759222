package io.waybill.mail.inbox;

import java.util.List;
import java.util.Optional;

/**
 * A mailbox whose server numbers messages anew in each session and gives them names for good (POP3
 * UIDL). UIDs are ours: the poll gives one to each name that it meets.
 */
public interface UidlMailbox extends RemoteMailbox {
  /** Returns the names of all messages, in the server's order. */
  List<String> names();

  /** Calls a message by a UID from now on. */
  void call(long uid, String name);

  /** Returns the name of a message that is called so. */
  Optional<String> name(long uid);

  @Override
  default Optional<String> identity(MailFacts message) {
    return name(message.uid()).map(Identity::ofName);
  }
}
