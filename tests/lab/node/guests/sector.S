# The whole operating system of the test guests: one boot sector that does what the second sector of its disk says.
# Boots in a blink, and lets a test steer a running guest by writing one letter into the disk image at offset 512:
#   b  shut down when the power button is pressed (anything else ignores the button, like a hung guest)
#   o  switch off at once
#   r  reboot, once; the third sector counts the boots
#   p  panic (pvpanic)
#   d  dirty half a mebibyte of memory without a pause
#   w  write ever new sectors
        .code16
        .globl _start
        .set   command, 0x7e00
        .set   boots, 0x8000
        .set   pm_status, 0x600          # where SeaBIOS puts the PIIX4's power management
_start: cli
        xorw   %ax, %ax
        movw   %ax, %ds
        movw   %ax, %es
        movw   %ax, %ss
        movw   $0x7c00, %sp
        sti
        movb   %dl, drive

        movw   $boots, buffer
        movl   $2, lba
        movb   $0x42, %ah
        call   disk
        incl   boots
        movb   $0x43, %ah
        call   disk

        movw   $(pm_status + 2), %dx     # a press is latched only where it is enabled
        movw   $0x100, %ax
        outw   %ax, %dx

obey:   movw   $command, buffer
        movl   $1, lba
        movb   $0x42, %ah
        call   disk
        movb   command, %al
        cmpb   $'d', %al
        je     dirty
        hlt                              # until the timer's next tick
        cmpb   $'b', %al
        je     button
        cmpb   $'o', %al
        je     off
        cmpb   $'r', %al
        je     reboot
        cmpb   $'p', %al
        je     panic
        cmpb   $'w', %al
        je     write
        jmp    obey

button: movw   $pm_status, %dx
        inw    %dx, %ax
        testb  $1, %ah
        jz     obey
off:    movw   $(pm_status + 4), %dx
        movw   $0x2000, %ax
        outw   %ax, %dx
        jmp    obey

reboot: movb   $0, command
        movb   $0x43, %ah
        call   disk
        movb   $0xfe, %al
        outb   %al, $0x64
        jmp    obey

panic:  movw   $0x505, %dx
        movb   $1, %al
        outb   %al, %dx
        jmp    obey

dirty:  movw   $0x1000, %bx
1:      movw   %bx, %es
        incl   %es:0
        addw   $0x0100, %bx              # the next page
        cmpw   $0x9000, %bx
        jb     1b
        jmp    obey

write:  movl   next, %eax
        incl   next
        movl   %eax, lba
        movb   $0x43, %ah
        call   disk
        jmp    obey

disk:   movw   $packet, %si              # %ah: 0x42 reads, 0x43 writes
        movb   $0, %al
        movb   drive, %dl
        int    $0x13
        ret

        .align 4
packet: .byte  16, 0
        .word  1
buffer: .word  0, 0
lba:    .long  0, 0
next:   .long  64
drive:  .byte  0
        .org   510
        .word  0xaa55
