package io.waybill.transfer.file;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A shell pattern that is compared with whole texts. {@code *} and {@code ?} stay within a segment
 * between slashes, <code>**</code> does not, {@code [a-z]} and {@code [!a]} are one character,
 * <code>{a,b}</code> is one of several. A NUL, which no name has, takes its meaning away from the
 * character behind it, in brackets and braces, too.
 *
 * <p>A comparison takes at most as many steps as the pattern has characters, for each character of
 * the text: who chooses the name of a file cannot make it last.
 */
public final class NamePattern {
  private static final int NONE = -1;
  private static final char AS_IT_IS = 0;

  private final List<Move> program;

  private enum Kind {
    /** Takes one character, and goes on behind itself. */
    TAKE,
    /** Goes on behind itself and at another place. */
    FORK,
    /** Goes on at another place. */
    JUMP,
    /** Goes on behind itself unless a dot follows. */
    NO_DOT
  }

  private record Move(Kind kind, int to, IntPredicate one) {}

  private NamePattern(List<Move> program) {
    this.program = List.copyOf(program);
  }

  /**
   * Reads a pattern in which dots are like other characters.
   *
   * @throws IllegalArgumentException if what is in brackets is no set of characters
   */
  public static NamePattern of(String text) {
    return new NamePattern(new Compiler(text, false).program());
  }

  /**
   * Reads a pattern as shells do: a {@code *} at the start of a segment takes no dot there.
   *
   * @throws IllegalArgumentException if what is in brackets is no set of characters
   */
  public static NamePattern ofShell(String text) {
    return new NamePattern(new Compiler(text, true).program());
  }

  /** Says whether the whole text fits. */
  public boolean matches(String text) {
    Places now = new Places();
    Places next = new Places();
    now.enter(0, following(text, 0));
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      next.clear();
      for (int at = 0; at < now.count; at++) {
        int place = now.taking[at];
        if (program.get(place).one().test(c)) {
          next.enter(place + 1, following(text, i));
        }
      }
      Places before = now;
      now = next;
      next = before;
    }
    return now.isEntered[program.size()];
  }

  private static int following(String text, int i) {
    return i < text.length() ? text.codePointAt(i) : NONE;
  }

  /** Where a comparison has come to, all ways at once. */
  private final class Places {
    private final boolean[] isEntered = new boolean[program.size() + 1];
    private final int[] taking = new int[program.size()];
    private final int[] waiting = new int[program.size() + 1];
    private int count;
    private int waitingCount;

    void clear() {
      Arrays.fill(isEntered, false);
      count = 0;
    }

    /** Enters a place, and all that are reached from it without taking a character. */
    void enter(int place, int following) {
      visit(place);
      while (waitingCount > 0) {
        int at = waiting[--waitingCount];
        if (at == program.size()) {
          continue;
        }
        Move move = program.get(at);
        switch (move.kind()) {
          case TAKE -> taking[count++] = at;
          case FORK -> {
            visit(move.to());
            visit(at + 1);
          }
          case JUMP -> visit(move.to());
          case NO_DOT -> {
            if (following != '.') {
              visit(at + 1);
            }
          }
        }
      }
    }

    private void visit(int place) {
      if (!isEntered[place]) {
        isEntered[place] = true;
        waiting[waitingCount++] = place;
      }
    }
  }

  /** Makes a program of a pattern's text. */
  private static final class Compiler {
    private final String text;
    private final boolean isShell;
    private final List<Move> program = new ArrayList<>();
    private final Deque<Choice> choices = new ArrayDeque<>();

    /** Braces that are open. */
    private static final class Choice {
      private final List<Integer> ends = new ArrayList<>();
      private int lastFork;
    }

    Compiler(String text, boolean isShell) {
      this.text = text;
      this.isShell = isShell;
    }

    List<Move> program() {
      for (int i = 0; i < text.length(); ) {
        i = next(i);
      }
      while (!choices.isEmpty()) {
        closeChoice();
      }
      return program;
    }

    // returns where the rest begins
    private int next(int i) {
      int c = text.codePointAt(i);
      if (c == AS_IT_IS && i + 1 < text.length()) {
        int plain = text.codePointAt(i + 1);
        take(each -> each == plain);
        return i + 1 + Character.charCount(plain);
      }
      int close = c == '[' ? closing(i) : NONE;
      if (text.startsWith("**/", i)) {
        int fork = add(Kind.FORK, NONE);
        any(each -> true);
        take(each -> each == '/');
        program.set(fork, move(Kind.FORK, program.size()));
        return i + 3;
      }
      if (text.startsWith("**", i)) {
        any(each -> true);
        return i + 2;
      }
      if (close > 0) {
        take(set(text.substring(i + 1, close)));
        return close + 1;
      }
      if (c == '*') {
        if (isShell && (i == 0 || text.charAt(i - 1) == '/')) {
          add(Kind.NO_DOT, NONE);
        }
        any(each -> each != '/');
      } else if (c == '?') {
        take(each -> each != '/');
      } else if (c == '{') {
        Choice choice = new Choice();
        choice.lastFork = add(Kind.FORK, NONE);
        choices.push(choice);
      } else if (c == ',' && !choices.isEmpty()) {
        Choice choice = choices.element();
        choice.ends.add(add(Kind.JUMP, NONE));
        program.set(choice.lastFork, move(Kind.FORK, program.size()));
        choice.lastFork = add(Kind.FORK, NONE);
      } else if (c == '}' && !choices.isEmpty()) {
        closeChoice();
      } else {
        take(each -> each == c);
      }
      return i + Character.charCount(c);
    }

    // what stands first in brackets does not close them
    private int closing(int open) {
      int i = open + 1;
      for (boolean isFirst = true; i < text.length(); isFirst = false) {
        if (!isFirst && text.charAt(i) == ']') {
          return i;
        }
        i += text.charAt(i) == AS_IT_IS ? 2 : 1;
      }
      return NONE;
    }

    private void closeChoice() {
      Choice choice = choices.pop();
      program.set(choice.lastFork, move(Kind.JUMP, choice.lastFork + 1)); // nothing more to choose
      choice.ends.forEach(end -> program.set(end, move(Kind.JUMP, program.size())));
    }

    private void any(IntPredicate one) {
      int fork = add(Kind.FORK, NONE);
      take(one);
      add(Kind.JUMP, fork);
      program.set(fork, move(Kind.FORK, program.size()));
    }

    private IntPredicate set(String inside) {
      boolean isNegated = inside.startsWith("!") || (isShell && inside.startsWith("^"));
      int[] members = members(inside.substring(isNegated ? 1 : 0));
      if (members.length == 0) {
        throw new IllegalArgumentException("[" + inside + "] is no set of characters");
      }
      int[] firsts = new int[members.length];
      int[] lasts = new int[members.length];
      int ranges = 0;
      for (int i = 0; i < members.length; i++) {
        firsts[ranges] = character(members[i]);
        if (i + 2 < members.length && members[i + 1] == '-') {
          i += 2;
        }
        lasts[ranges] = character(members[i]);
        if (lasts[ranges] < firsts[ranges]) {
          throw new IllegalArgumentException("[" + inside + "] has a range from its end");
        }
        ranges++;
      }
      int count = ranges;
      return c ->
          c != '/'
              && IntStream.range(0, count).anyMatch(i -> c >= firsts[i] && c <= lasts[i])
                  != isNegated;
    }

    /** Returns the characters; those that are no sign of a range are marked by their sign. */
    private static int[] members(String inside) {
      int[] given = inside.codePoints().toArray();
      int[] members = new int[given.length];
      int count = 0;
      for (int i = 0; i < given.length; i++) {
        boolean isPlain = given[i] == AS_IT_IS && i + 1 < given.length;
        members[count++] = isPlain ? ~given[++i] : given[i];
      }
      return Arrays.copyOf(members, count);
    }

    private static int character(int member) {
      return member < 0 ? ~member : member;
    }

    private void take(IntPredicate one) {
      program.add(new Move(Kind.TAKE, NONE, one));
    }

    private int add(Kind kind, int to) {
      program.add(move(kind, to));
      return program.size() - 1;
    }

    private static Move move(Kind kind, int to) {
      return new Move(kind, to, c -> false);
    }
  }
}
