package io.waybill.jobs.exec;

import io.waybill.jobs.Secret;
import java.nio.file.Path;

/** What a program reads from its standard input. */
public sealed interface ProgramInput {
  /** Nothing: it is at its end at once. */
  record Nothing() implements ProgramInput {}

  /** A text, in UTF-8. */
  record Text(String text) implements ProgramInput {}

  /** A secret, in UTF-8, which is asked for when the program has been started. */
  record Secretly(Secret secret) implements ProgramInput {}

  /** What is in a file. */
  record FromFile(Path file) implements ProgramInput {}
}
