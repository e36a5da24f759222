package io.waybill.jobs.step;

import io.waybill.transfer.Digest;
import java.util.Optional;

/** Is told of each file whose digest was computed or compared, as it comes. */
public interface ChecksumListener {
  /** How a file compares with its sidecar. */
  enum State {
    OK,
    DIFFERS,
    MISSING,
    UNREADABLE
  }

  /**
   * A digest was computed.
   *
   * @param name of a directory's file relative to it, of any other its place
   */
  void digest(String name, Digest digest);

  /**
   * A file was compared.
   *
   * @param name as the sidecar has it
   * @param actual what it has; empty if that is not known
   */
  void compared(String name, Digest expected, Optional<Digest> actual, State state);

  /** Something could not be looked at. */
  void failed(String name, String why);

  /** Something that a person should know. */
  void note(String text);
}
