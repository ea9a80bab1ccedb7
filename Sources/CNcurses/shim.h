#pragma once
#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#include <ncurses.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <term.h>

// Declared only under _GNU_SOURCE, which a module map cannot set; 1 is MFD_CLOEXEC.
extern int memfd_create(const char *name, unsigned int flags);
static inline int magpie_memory_file(void) { return memfd_create("magpie-stderr", 1); }
static inline int magpie_wake_file(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// What Swift cannot reach in <ncurses.h> and <term.h>: macros, variables, and terminfo's tables of names.
// No function here keeps state, for each object file may get its own copy.

static inline SCREEN *magpie_open_screen(const char *name) { return newterm((char *)name, stdout, stdin); }
static inline WINDOW *magpie_screen(void) { return stdscr; }
static inline int magpie_columns(void) { return COLS; }
static inline int magpie_lines(void) { return LINES; }
static inline int magpie_colors(void) { return COLORS; }
static inline int magpie_pairs(void) { return COLOR_PAIRS; }
static inline void magpie_set_escape_delay(int milliseconds) { set_escdelay(milliseconds); }

// Writes characters of one style; `pair` may be beyond what a short holds.
static inline void magpie_write(int y, int x, const wchar_t *text, int count, attr_t attributes, int pair) {
  wattr_set(stdscr, attributes, 0, &pair);
  mvwaddnwstr(stdscr, y, x, text, count);
}

// 1: a function key, in *key; 0: a character, in *key; -1: nothing there.
static inline int magpie_read_key(int *key) {
  wint_t value = 0;
  int result = wget_wch(stdscr, &value);
  *key = (int)value;
  return result == ERR ? -1 : result == KEY_CODE_YES ? 1 : 0;
}

// The key that stands for the beginning of what the terminal says about the mouse; beyond ncurses' own.
static inline int magpie_mouse_key(void) { return KEY_MAX + 1; }
static inline void magpie_know_mouse_key(void) { define_key("\033[<", magpie_mouse_key()); }

static inline const char *magpie_flag_name(int index) { return boolnames[index]; }
static inline const char *magpie_number_name(int index) { return numnames[index]; }
static inline const char *magpie_string_name(int index) { return strnames[index]; }

// tigetstr gives (char *)-1 for what is no string capability.
static inline const char *magpie_string(const char *name) {
  char *value = tigetstr((char *)name);
  return value == (char *)-1 ? 0 : value;
}
static inline int magpie_number(const char *name) { return tigetnum((char *)name); }
static inline int magpie_flag(const char *name) { return tigetflag((char *)name); }

// Looks a terminal up without drawing; 0 or 1: not found, and nothing is printed.
static inline int magpie_look_up(const char *name) {
  int status = 0;
  return setupterm((char *)name, 1, &status) == OK ? 0 : 1;
}
static inline void magpie_forget_look_up(void) {
  if (cur_term) del_curterm(cur_term);
}

static inline attr_t magpie_bold(void) { return A_BOLD; }
static inline attr_t magpie_underline(void) { return A_UNDERLINE; }
static inline attr_t magpie_reverse(void) { return A_REVERSE; }
static inline attr_t magpie_dim(void) { return A_DIM; }
