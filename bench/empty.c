/* What any program costs on this machine: the part of every figure that no agent can save. */
int main(void) { return 0; }
