// How every thread is started here.
#pragma once
#include <pthread.h>

// Starts a thread that takes none of the process's asynchronous signals: they belong to the program's own threads. 0 or an error's
// number.
int ck_start_without_signals(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument);
